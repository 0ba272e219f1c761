"""One run's model, optimisers, pictures and chance: step, sample, capture, restore."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from models.draws import folded
from models.parameters import ParameterError
from models.train_state import TrainState
from studio.engine import devices
from studio.engine.dataset.preparation.prepare import Prepared
from studio.engine.errors import StudioError
from studio.engine.training.health.reading import Reading
from studio.engine.training.planning import labels as labelling
from studio.engine.training.planning import transfer
from studio.engine.training.record import checkpoint, sample_sheet, tensors
from studio.engine.training.record.recipe import Recipe
from studio.engine.training.record.statistics import Averages
from studio.engine.training.session import memory, random_state
from studio.engine.training.session.accumulation import step_in_parts
from studio.engine.training.session.examine import Examiner
from studio.engine.training.session.pictures import Pictures, Sampler

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from models.parameters import Declared
    from studio.engine.training.session.ranks import Ranks

UNPLANNED = 1 << 40
"""Images of a run of minutes before its rate is known: its schedules stand at their beginning."""
_REFRESH_BATCH = 64


class Trainer:
    """Everything that a checkpoint holds, alive. A step of it knows neither clock nor files."""

    def __init__(self, recipe: Recipe, prepared: Prepared, ranks: Ranks | None = None) -> None:
        """`ranks` are the processes that train it together, None for this one alone."""
        import torch

        self.recipe, self.ranks = recipe, ranks
        wanted = recipe.device if ranks is None else ranks.own.device(recipe.device)
        machine = devices.choose(wanted)
        self.device = torch.device(machine.name)
        if ranks is not None and self.device.index is not None:
            torch.accelerator.set_device_index(self.device.index)
        random_state.seed_all(recipe.seed)
        # Some kernels add up in another order every time, and a resumed run has to be the same.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.backends.cudnn.deterministic = True
        self.family = recipe.build().train().to(self.device)
        self.family = self.family.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        transfer.freeze(self.family, recipe.freeze)
        self.config = self.family.config
        labels = labelling.of_training(prepared, recipe.labels)
        self.pictures = Pictures(prepared, machine, labels=labels)
        if self.family.facts.captions:
            self.family.read(self.pictures.all_captions())
        self.sampler = Sampler(self.pictures.count, recipe.seed)
        self.state = TrainState(
            device=self.device,
            generator=torch.Generator(self.device).manual_seed(folded(recipe.seed)),
            total_images=recipe.total_images or UNPLANNED,
            set_size=self.pictures.count,
        )
        self.compiled = False
        """Whether its networks are translated by :mod:`compilation`."""
        self.full_precision = False
        """Whether mixed precision was given up because it overflowed."""
        self._calculate_in(devices.autocast_dtype(machine, recipe.precision))
        self.batch_size = int(self.config.as_dict()["batch_size"])
        self.part_size = self.batch_size
        """Pictures that go through the networks at a time; fewer than the batch to save memory."""
        self.seconds = 0.0
        """Time spent training in all sessions."""
        self.averages = Averages()
        self.means: dict[str, float] = {}
        """What training last reported."""
        self._examiner = Examiner(self.family, self.pictures)
        self._sheet_size = sample_sheet.layout(recipe.height, recipe.width)

    # ------------------------------------------------------------------ training

    def step(self) -> None:
        """One step; what it reports stays on the device until `averages` are read."""
        with nullcontext() if self.ranks is None else self.ranks.step(self):
            self._step()
        self.state.step += 1
        self.state.images_seen += self.batch_size

    def _step(self) -> None:
        position = self.sampler.position
        indices = self.sampler.take(self.batch_size)
        batch, labels = self.pictures.batch(indices), self.pictures.labels(indices)
        captions = self.pictures.captions(indices) if self.family.facts.captions else None
        try:
            for values in self._learn(batch, labels, captions):
                self.averages.add(values)
        except (RuntimeError, MemoryError):
            self.sampler.position = position  # these pictures were not learnt from
            raise

    def _learn(
        self, batch: Tensor, labels: Tensor | None, captions: list[str] | None
    ) -> Iterator[dict[str, Tensor]]:
        import torch

        self.state.labels, self.state.captions = labels, captions
        if self.part_size >= self.batch_size:
            yield self.family.training_step(batch, self.state)
            return
        count = -(-self.batch_size // self.part_size)  # as even as can be: none is left with one
        rest = iter(() if labels is None else torch.tensor_split(labels, count))

        def step(part: Tensor) -> dict[str, Tensor]:
            self.state.labels = next(rest, None)
            if captions is not None:
                self.state.captions, captions[:] = captions[: len(part)], captions[len(part) :]
            return self.family.training_step(part, self.state)

        optimizers = self.family.optimizers().values()
        yield from step_in_parts(step, optimizers, torch.tensor_split(batch, count))

    def halve_parts(self) -> bool:
        """Half as many pictures at a time, as many a step; False where the family needs more."""
        least = int(self.config.params()["batch_size"].low or 1)
        if self.part_size // 2 < least:
            return False
        self.part_size //= 2
        return True

    def is_finite(self) -> bool:
        """Whether every number of the model is."""
        import torch

        values = [t for t in self.family.state_dict().values() if t.is_floating_point()]
        return bool(torch.stack([t.isfinite().all() for t in values]).all())

    def set_live(self, key: str, value: object) -> None:
        """Change a live parameter; :class:`ParameterError` when it is none or out of range."""
        declared = self.config.params().get(key)
        if declared is None or not declared.live:
            live = [name for name, each in self.config.params().items() if each.live]
            raise ParameterError(
                "{key} cannot change while a run goes on. These can: {names}.",
                key=key,
                names=", ".join(live),
            )
        changed = {**self.config.as_dict(), key: declared.check(value)}
        self.replace_config(type(self.config).from_mapping(changed))

    def replace_config(self, config: Declared) -> None:
        """Take over a whole set of parameters that is known to be good."""
        self.config = config
        self.family.set_live(config)
        self._take_at_once(int(config.as_dict()["batch_size"]))

    @property
    def is_half(self) -> bool:
        """Whether networks calculate in float16, which overflows beyond 65,504."""
        return self.state.scaler is not None

    def use_full_precision(self) -> None:
        """No mixed precision from here on."""
        self.full_precision = True
        self._calculate_in(None)

    def _calculate_in(self, dtype: torch.dtype | None) -> None:
        import torch

        from models.scaling import LossScaler

        self.state.autocast_dtype = dtype
        self.state.scaler = LossScaler(self.device) if dtype == torch.float16 else None

    def _take_at_once(self, batch_size: int) -> None:
        whole = self.part_size >= self.batch_size
        self.part_size = batch_size if whole else min(self.part_size, batch_size)
        self.batch_size = batch_size

    def halve_rate(self) -> bool:
        """Halve the learning rate; False where it has none or cannot go lower."""
        rate = self.config.as_dict().get("lr")
        try:
            self.set_live("lr", float(rate or 0.0) / 2)
        except ParameterError:
            return False
        return True

    def forget_memory(self) -> None:
        """Give unused memory of the device back after it ran out."""
        import torch

        self.averages.clear()
        for optimizer in self.family.optimizers().values():
            optimizer.zero_grad(set_to_none=True)
            for group in optimizer.param_groups:
                for weight in group["params"]:
                    # The step may have ended while one network was frozen for the other's turn.
                    weight.requires_grad_(True)
        if self.device.type != "cpu":
            torch.accelerator.empty_cache()

    # ------------------------------------------------------------------ pictures

    def write_samples(self, path: Path) -> tuple[int, int]:
        """Render the fixed seeds to a PNG; returns (columns, count). Training does not notice."""
        import torch

        columns, count = self._sheet_size
        with random_state.undisturbed(self.device), torch.no_grad():
            self._refresh()
            made = [
                self.family.synthesize(self.family.sample(1, seed)).cpu() for seed in range(count)
            ]
        sample_sheet.write_sheet(torch.cat(made).numpy(), columns, path)
        return columns, count

    def judge(self) -> Reading | None:
        """Make the model ready for whoever opens a checkpoint, and look at it.

        None when memory does not allow it. Training does not notice.
        """
        try:
            with random_state.undisturbed(self.device):
                self._refresh()
                return self._examiner.look(self.state.images_seen, self.means)
        except (RuntimeError, MemoryError) as error:
            if not memory.is_want_of(error):
                raise
            return None

    def _refresh(self) -> None:
        self.family.refresh(self._plain_batches, self.pictures.labels_for_refresh())

    def _plain_batches(self) -> Iterator[Tensor]:
        return self.pictures.for_refresh(_REFRESH_BATCH)

    # ------------------------------------------------------------------ saving

    def capture(self) -> tuple[dict[str, Tensor], dict[str, Tensor], checkpoint.State]:
        """(model, training, state) for :func:`checkpoint.save`; :meth:`judge` comes before."""
        training: dict[str, Tensor] = {"chance.train": self.state.generator.get_state()}
        plain, sources = random_state.capture(self.device)
        training |= {f"chance.{name}": tensor for name, tensor in sources.items()}
        if self.state.scaler is not None:
            kept = self.state.scaler.state()
            training |= {f"scaler.{name}": tensor for name, tensor in kept.items()}
        state: checkpoint.State = {
            **self.stand(),
            "run": self.recipe.run,
            "family": self.recipe.family,
            "image_spec": dataclasses.asdict(self.recipe.image_spec),
            "labels": self.recipe.labels,
            "seconds": self.seconds,
            "compiled": self.compiled,
            "optimizers": tensors.save_optimizers(self.family.optimizers(), training),
            "chance": plain,
        }
        return self.family.state_dict(), training, state

    def stand(self) -> checkpoint.State:
        """What of a checkpoint is neither a tensor nor the same all through a run."""
        return {
            "config": self.config.as_dict(),
            "images_seen": self.state.images_seen,
            "step": self.state.step,
            "total_images": self.state.total_images,
            "batch_size": self.batch_size,
            "part_size": self.part_size,
            "full_precision": self.full_precision,
            "position": self.sampler.position,
        }

    def stand_as(self, state: checkpoint.State) -> None:
        """The inverse of :meth:`stand`."""
        config = type(self.config).from_mapping(state["config"])
        if config != self.config:
            self.replace_config(config)
        self.state.images_seen, self.state.step = state["images_seen"], state["step"]
        self.state.total_images = state["total_images"]
        self.batch_size, self.sampler.position = state["batch_size"], state["position"]
        self.part_size = state.get("part_size", self.batch_size)
        if state.get("full_precision", False) and not self.full_precision:
            self.use_full_precision()

    def restore(self, saved: checkpoint.Saved) -> None:
        """Become what was captured; :class:`StudioError` when it belongs to another model."""
        try:
            self.stand_as(saved.state)
            self.family.load_state_dict(checkpoint.read_tensors(saved.folder / checkpoint.MODEL))
            training = checkpoint.read_tensors(saved.folder / checkpoint.TRAINING)
            self._go_on_from(saved.state, training)
        except (KeyError, ValueError, TypeError, RuntimeError) as error:
            raise StudioError(
                "The checkpoint {folder} does not fit the run {run}: start a new run.",
                repr(error),
                folder=saved.folder,
                run=self.recipe.run,
            ) from error
        if self.ranks is not None:
            self.ranks.changed()

    def become(
        self, state: checkpoint.State, model: Mapping[str, Tensor], training: Mapping[str, Tensor]
    ) -> None:
        """The inverse of :meth:`capture`."""
        self.stand_as(state)
        self.family.load_state_dict(model)
        self._go_on_from(state, training)

    def _go_on_from(self, state: checkpoint.State, training: Mapping[str, Tensor]) -> None:
        tensors.load_optimizers(self.family.optimizers(), state["optimizers"], training)
        self.state.generator.set_state(training["chance.train"])
        sources = {
            name.removeprefix("chance."): tensor
            for name, tensor in training.items()
            if name.startswith("chance.")
        }
        random_state.restore(state["chance"], sources, self.device)
        self.seconds = state["seconds"]
        self._restore_scale(training)
        self.averages.clear()

    def _restore_scale(self, training: Mapping[str, Tensor]) -> None:
        if self.state.scaler is not None and "scaler.scale" in training:
            found = {key: training[f"scaler.{key}"] for key in self.state.scaler.state()}
            self.state.scaler.restore(found)
