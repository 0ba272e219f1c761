"""What programs and systems put beside a person's pictures: not hers, so never taken.

Only what this table calls SYSTEM is passed over in silence; all else is counted and said.
Names are compared without regard to case, on the disk and inside archives alike.
"""

from __future__ import annotations

import enum
import fnmatch
import re


class Aside(enum.Enum):
    """Why a name is passed over; the value is the kind under which it is counted."""

    SYSTEM = ""
    BIN = "deleted"
    HIDDEN = "hidden"
    VERSION = "version"


_FOLDERS = {
    # macOS: halves of files in archives of its Finder, and what its file servers keep.
    "__macosx": Aside.SYSTEM,  # Archive Utility
    ".appledouble": Aside.SYSTEM,  # netatalk, "CNID and AppleDouble"
    ".appledb": Aside.SYSTEM,  # netatalk
    ".appledesktop": Aside.SYSTEM,  # netatalk
    ".fseventsd": Aside.SYSTEM,  # macOS, File System Events
    ".spotlight-v100": Aside.SYSTEM,  # macOS, Spotlight
    ".documentrevisions-v100": Aside.SYSTEM,  # macOS, Versions
    ".temporaryitems": Aside.SYSTEM,  # macOS, File Manager
    ".trashes": Aside.BIN,  # macOS, the bin of a volume
    "network trash folder": Aside.BIN,  # AFP, the bin of a share
    # Windows
    "$recycle.bin": Aside.BIN,  # since Vista
    "recycler": Aside.BIN,  # Windows XP on NTFS
    "recycled": Aside.BIN,  # Windows on FAT
    "system volume information": Aside.SYSTEM,  # restore points
    # Linux
    "lost+found": Aside.SYSTEM,  # ext file systems, fsck
    ".thumbnails": Aside.SYSTEM,  # freedesktop.org, thumbnail managing standard; Android DCIM
    ".sh_thumbnails": Aside.SYSTEM,  # freedesktop.org, shared thumbnail repositories
    ".xvpics": Aside.SYSTEM,  # xv and GIMP 1: thumbnails
    ".dtrash": Aside.BIN,  # digiKam, bin of a collection
    # Network storage
    "@eadir": Aside.SYSTEM,  # Synology DSM: thumbnails and attributes
    "@tmp": Aside.SYSTEM,  # Synology DSM
    "@sharebin": Aside.BIN,  # Synology DSM
    "#recycle": Aside.BIN,  # Synology DSM, recycle bin of a share
    "#snapshot": Aside.VERSION,  # Synology DSM, snapshots of a share
    ".@__thumb": Aside.SYSTEM,  # QNAP QTS: thumbnails
    "@recycle": Aside.BIN,  # QNAP QTS
    "@recently-snapshot": Aside.VERSION,  # QNAP QTS
    ".@upload_cache": Aside.SYSTEM,  # QNAP QTS
    ".recycle": Aside.BIN,  # Samba, vfs_recycle(8)
    ".snapshot": Aside.VERSION,  # NetApp ONTAP
    ".snapshots": Aside.VERSION,  # snapper
    ".zfs": Aside.VERSION,  # ZFS, snapdir
    # Programs for synchronising and for pictures
    ".stversions": Aside.VERSION,  # Syncthing, file versioning
    ".stfolder": Aside.SYSTEM,  # Syncthing
    ".dropbox.cache": Aside.BIN,  # Dropbox, deleted files of the last days
    ".picasaoriginals": Aside.VERSION,  # Picasa, files before editing
    ".ipynb_checkpoints": Aside.VERSION,  # Jupyter
    "thmbnl": Aside.SYSTEM,  # Sony, XAVC cards: PRIVATE/M4ROOT/THMBNL
}
_FOLDER_ENDINGS = {
    ".lrdata": Aside.SYSTEM,  # Lightroom, previews
    ".cocatalogdb": Aside.SYSTEM,  # Capture One
}
_FILES = {
    "._*": Aside.SYSTEM,  # AppleDouble, RFC 1740: attributes under the picture's own ending
    ".ds_store": Aside.SYSTEM,  # macOS Finder
    ".localized": Aside.SYSTEM,  # macOS Finder
    ".apdisk": Aside.SYSTEM,  # macOS, AFP
    ".volumeicon.icns": Aside.SYSTEM,  # macOS, the icon of a volume
    "icon\r": Aside.SYSTEM,  # macOS Finder, the icon of a folder
    "thumbs.db": Aside.SYSTEM,  # Windows Explorer
    "ehthumbs*.db": Aside.SYSTEM,  # Windows Media Center
    "desktop.ini": Aside.SYSTEM,  # Windows Explorer
    "albumartsmall.jpg": Aside.SYSTEM,  # Windows Media Player
    "albumart_{*}_*.jpg": Aside.SYSTEM,  # Windows Media Player
    ".directory": Aside.SYSTEM,  # KDE Dolphin
    ".nomedia": Aside.SYSTEM,  # Android, MediaStore
    ".picasa.ini": Aside.SYSTEM,  # Picasa
    "picasa.ini": Aside.SYSTEM,  # Picasa
    "synophoto_thumb_*": Aside.SYSTEM,  # Synology Photos, outside @eaDir after copying
    "synofile_thumb_*": Aside.SYSTEM,  # Synology
    "*.thm": Aside.SYSTEM,  # DCF (JEITA CP-3461): the thumbnail of a film or a raw picture
    ".trashed-*": Aside.BIN,  # Android 11, MediaStore.MediaColumns.IS_TRASHED
    ".pending-*": Aside.BIN,  # Android 10, MediaStore.MediaColumns.IS_PENDING: never finished
    ".goutputstream-*": Aside.SYSTEM,  # GLib, a file that is being written
    ".fuse_hidden*": Aside.BIN,  # FUSE, deleted while open
    ".nfs0*": Aside.BIN,  # NFS, deleted while open
    "~$*": Aside.SYSTEM,  # Microsoft Office, lock
    ".~lock.*": Aside.SYSTEM,  # LibreOffice, lock
    "*~": Aside.VERSION,  # Krita, Emacs and others: the file before it was saved
    "*.bak": Aside.VERSION,
    "*.orig": Aside.VERSION,
    "*.crdownload": Aside.BIN,  # Chromium, a download that never ended
    "*.part": Aside.BIN,  # Firefox and others, the same
    "*.partial": Aside.BIN,  # Internet Explorer, rsync
}
_FILE = re.compile("|".join(f"(?P<a{i}>{fnmatch.translate(p)})" for i, p in enumerate(_FILES)))
_FILE_KINDS = tuple(_FILES.values())


def of_folder(name: str) -> Aside | None:
    """Why a folder of this name is not entered, or None."""
    small = name.lower()
    found = _FOLDERS.get(small)
    if found is None and "." in small:
        found = _FOLDER_ENDINGS.get(small[small.rindex(".") :])
        if found is None and small.startswith(".trash"):  # freedesktop.org: .Trash, .Trash-1000
            found = Aside.BIN
        if found is None and small.startswith("."):
            found = Aside.HIDDEN
    return found


def of_file(name: str) -> Aside | None:
    """Why a file of this name is not taken, or None."""
    found = _FILE.match(name.lower())
    if found and found.lastgroup:
        return _FILE_KINDS[int(found.lastgroup[1:])]
    return Aside.HIDDEN if name.startswith(".") else None
