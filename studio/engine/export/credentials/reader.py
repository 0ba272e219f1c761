"""What the Content Credentials of a file prove, and what was changed since they were signed."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from studio.engine.dataset.decoding.limited import limited
from studio.engine.door import opened
from studio.engine.export.credentials.library import ANY, complaint, context, kind_of, library
from studio.engine.export.credentials.signature import SUFFIX
from studio.engine.said import NOTHING, Said

_LARGEST = 64 << 20
_UNKNOWN_SIGNER = "signingCredential.untrusted"
_PROBLEMS = {
    "assertion.dataHash.mismatch": Said("The file was changed after it was signed."),
    "assertion.bmffHash.mismatch": Said("The file was changed after it was signed."),
    "assertion.boxesHash.mismatch": Said("The file was changed after it was signed."),
    "assertion.hashedURI.mismatch": Said("Statements were changed after they were signed."),
    "claimSignature.mismatch": Said("The signature does not belong to these statements."),
    "signingCredential.expired": Said("The certificate of the signer has expired."),
    "signingCredential.revoked": Said("The certificate of the signer was revoked."),
    "signingCredential.invalid": Said("The certificate of the signer is not fit for signing."),
}


@dataclass(frozen=True)
class Credentials:
    """Those of one file. `is_valid` is whether the file is still what was signed."""

    is_valid: bool
    is_trusted: bool
    """Whether the signer is on a trust list."""
    signer: str
    signed: str
    """When, by the signer's own clock unless there is a time stamp; empty where it is not said."""
    program: str
    actions: tuple[str, ...]
    kinds: tuple[str, ...]
    """IPTC's terms for what made the picture."""
    parents: tuple[str, ...]
    mining: tuple[str, ...]
    """What training and data mining is not allowed."""
    problems: tuple[Said, ...]
    is_beside: bool
    """Whether they lie in a file of their own."""

    @property
    def verdict(self) -> Said:
        if not self.is_valid:
            return Said("not valid")
        if self.is_trusted:
            return Said("valid, signer on a trust list")
        return Said("valid, signer not on a trust list")


def read(path: Path) -> Credentials | Said:
    """The credentials in or beside the file at `path`, a sentence where they cannot be read,
    an empty one where there are none. Nothing is fetched from the network."""
    found = _found(path)
    if not isinstance(found, dict):
        return Said.of(found)
    lists = {key: tuple(each) for key, each in found.items() if isinstance(each, list)}
    return Credentials(**(found | lists))


@limited
def _found(path: Path) -> dict[str, Any] | Said:
    side = path.with_suffix(SUFFIX)
    is_beside = path.suffix != SUFFIX and side.is_file()
    kind = kind_of(path)
    if not kind and not is_beside:
        return NOTHING
    if complaint():
        return complaint()
    try:
        with _reader(path, kind, side if is_beside else None) as (reader, beside):
            if reader is None:
                return NOTHING
            return asdict(_of(reader, is_beside=beside))
    except OSError:
        return NOTHING
    except library().C2paError as error:
        return Said("The Content Credentials cannot be read: {reason}.", reason=str(error)[:200])


@contextlib.contextmanager
def _reader(path: Path, kind: str, side: Path | None) -> Iterator[tuple[Any, bool]]:
    with opened(path, links=True) as stream:
        reader, c2pa = None, library()
        if kind:
            reader = c2pa.Reader.try_create(kind, stream, context=context())
        is_beside = reader is None and side is not None
        if is_beside and side is not None:
            with opened(side) as file:
                data = file.read(_LARGEST)
            stream.seek(0)
            reader = c2pa.Reader(kind or ANY, stream, data, context=context())
        try:
            yield reader, is_beside
        finally:
            if reader is not None:
                reader.close()


def _of(reader: Any, *, is_beside: bool) -> Credentials:
    state = reader.get_validation_state()
    active = _mapping(reader.get_active_manifest())
    codes = _codes(json.loads(reader.json()))
    signature = _mapping(active.get("signature_info"))
    actions = [each for data in _data(active, "c2pa.actions") for each in _maps(data, "actions")]
    trusted = state == "Trusted"
    problems = [
        _PROBLEMS.get(code, Said("The check found: {code}.", code=code))
        for code in codes
        if code != _UNKNOWN_SIGNER
    ]
    parents = [
        str(each.get("title") or Said("without a name"))
        for each in _maps(active, "ingredients")
        if each.get("relationship") == "parentOf"
    ]
    names = (str(signature.get(key) or "") for key in ("issuer", "common_name"))
    return Credentials(
        state in ("Valid", "Trusted"), trusted,
        ", ".join(each for each in names if each), str(signature.get("time") or ""),
        _program(active), tuple(str(each.get("action", "")) for each in actions),
        tuple(dict.fromkeys(str(each["digitalSourceType"]) for each in actions
                            if each.get("digitalSourceType"))),
        tuple(parents), _mining(active), tuple(dict.fromkeys(problems)), is_beside,
    )  # fmt: skip


def _codes(report: Mapping[str, Any]) -> list[str]:
    return [str(each.get("code", "")) for each in _maps(report, "validation_status")]


def _program(active: Mapping[str, Any]) -> str:
    found = _maps(active, "claim_generator_info")
    if found:
        return " ".join(str(found[0][key]) for key in ("name", "version") if found[0].get(key))
    return str(active.get("claim_generator") or "")


def _mining(active: Mapping[str, Any]) -> tuple[str, ...]:
    """CAWG 1.1 and its forerunner in C2PA 1; `constrained` without more counts as not allowed."""
    found: dict[str, None] = {}
    for label in ("cawg.training-mining", "c2pa.training-mining"):
        for data in _data(active, label):
            for use, entry in _mapping(data.get("entries")).items():
                if _mapping(entry).get("use") in ("notAllowed", "constrained"):
                    found[str(use).partition(".")[2]] = None
    return tuple(found)


def _data(active: Mapping[str, Any], label: str) -> list[Mapping[str, Any]]:
    found = _maps(active, "assertions")
    return [_mapping(each.get("data")) for each in found
            if str(each.get("label", "")).startswith(label)]  # fmt: skip


def _maps(value: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = value.get(key)
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
