"""One more option of a run is one more field in `training/record/options.py`, and its Chinese."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FIELD = (
    "    patience: int = option("
    '3, label="Patience", help="How long to wait for better", low=1, high=9)\n'
)

ON_THE_COMMAND_LINE = """
import contextlib, io
from studio.cli import main
said = io.StringIO()
with contextlib.redirect_stdout(said), contextlib.suppress(SystemExit):
    main(["train", "--help"])
assert "--patience" in said.getvalue(), said.getvalue()
assert "How long to wait for better" in said.getvalue()
with contextlib.redirect_stderr(said):
    assert main(["train", "nowhere", "--patience", "10"]) == 2
assert "--patience: 10 is not a whole number between 1 and 9" in said.getvalue()
with contextlib.redirect_stderr(said):
    assert main(["train", "nowhere", "--resume", "run", "--patience", "4"]) == 2
assert "--patience cannot be changed" in said.getvalue()
listed = io.StringIO()
with contextlib.redirect_stdout(listed):
    main(["families", "--json"])
assert '"name": "patience"' in listed.getvalue()
"""

IN_THE_RECIPE = """
from pathlib import Path
from models.parameters import ParameterError
from studio.engine.errors import StudioError
from studio.engine.training.record.options import RunOptions
from studio.engine.training.record.recipe import Recipe
try:
    RunOptions.from_mapping({"patience": 10})
except ParameterError as error:
    assert str(error).startswith("patience=10 is not possible"), error
else:
    raise AssertionError
facts = dict(
    run="a", dataset="set", dataset_id=1, family="vae", channels=3, height=16, width=16,
    config={}, minutes=1.0, prepared="", fingerprint="", created="",
)
folder = Path()
Recipe.model_validate(RunOptions(patience=7).kept() | facts).save(folder)
assert Recipe.load(folder).patience == 7
written = (folder / "recipe.toml").read_text()
(folder / "recipe.toml").write_text(written.replace("patience = 7\\n", ""))
assert Recipe.load(folder).patience == 3, "a run of before does not say it"
(folder / "recipe.toml").write_text(written.replace("patience = 7", "patience = 10"))
try:
    Recipe.load(folder)
except StudioError as error:
    assert "patience=10 is not possible" in str(error), error
else:
    raise AssertionError
"""

IN_THE_FORM = """
from PySide6.QtWidgets import QApplication
application = QApplication([])
from studio.desktop.training.new_run.form import NewRunForm
from studio.desktop.training.session.queries import FamilyCard
form = NewRunForm()
form.set_families([FamilyCard("vae", "Variational autoencoder", "", {})])
form.retranslate()
row = form.fields["patience"]
assert row.label.text() == "Patience" and row.editor.toolTip() == "How long to wait for better"
assert row.editor.accessibleName() == "Patience"
row.editor.setText("10")
assert "patience=10 is not possible" in row.error.text(), row.error.text()
row.editor.setText("5")
assert not row.wrong and form.asked().options.patience == 5
"""


def test_an_option_that_is_declared_is_everywhere(tmp_path: Path) -> None:
    for name in ("studio", "models"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "resources").symlink_to(ROOT / "resources")
    declared = tmp_path / "studio" / "engine" / "training" / "record" / "options.py"
    before, found, after = declared.read_text("utf-8").partition(
        "\n\n@dataclass(frozen=True)\nclass SettledOptions"
    )
    assert found
    declared.write_text(before + FIELD + found + after, "utf-8")
    surroundings = {**os.environ, "PYTHONPATH": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    for script in (ON_THE_COMMAND_LINE, IN_THE_RECIPE, IN_THE_FORM):
        done = subprocess.run(
            [sys.executable, "-c", script], cwd=tmp_path, env=surroundings, check=False,
            capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert done.stdout == ""
