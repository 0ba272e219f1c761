"""Pictures of other programs that are not read, by the ending of their files."""

from __future__ import annotations

from studio.engine.said import Said

FORMATS = {
    ".af": "Affinity", ".afdesign": "Affinity", ".afphoto": "Affinity", ".ai": "Illustrator",
    ".ase": "Aseprite", ".aseprite": "Aseprite", ".blend": "Blender", ".cdr": "CorelDRAW",
    ".cin": "Cineon", ".clip": "Clip Studio Paint", ".dcm": "DICOM", ".dpx": "DPX",
    ".emf": "EMF", ".eps": "EPS", ".exr": "OpenEXR", ".fit": "FITS", ".fits": "FITS",
    ".hdr": "Radiance HDR", ".heics": "HEIF sequence", ".heifs": "HEIF sequence",
    ".indd": "InDesign", ".jxl": "JPEG XL", ".jxr": "JPEG XR",
    ".lip": "Clip Studio Paint", ".mdp": "MediBang Paint", ".pdf": "PDF",
    ".pdn": "Paint.NET", ".pfm": "PFM", ".ps": "PostScript",
    ".psp": "PaintShop Pro", ".pspimage": "PaintShop Pro",
    ".pxd": "Pixelmator", ".sai": "PaintTool SAI", ".sai2": "PaintTool SAI", ".svg": "SVG",
    ".svgz": "SVG", ".wdp": "JPEG XR", ".wmf": "WMF", ".xcf": "GIMP (XCF)",
}  # fmt: skip


def unread(suffix: str) -> Said | None:
    """What to do with a file of such an ending; None where it is none of these."""
    name = FORMATS.get(suffix.lower())
    if name is None:
        return None
    return Said("{format} is not read: save it as PNG or TIFF.", format=name)
