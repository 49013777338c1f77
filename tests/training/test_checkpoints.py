"""Which checkpoint a run goes on from."""

import json

import torch
from safetensors.torch import save_file

from spacy_umlsbert.training.checkpoints import is_complete, last_complete_checkpoint


def write_checkpoint(folder, step):
    path = folder / f"checkpoint-{step}"
    path.mkdir()
    save_file({"x": torch.zeros(100)}, path / "model.safetensors")
    for name in ("optimizer.pt", "scheduler.pt"):
        torch.save({"x": torch.zeros(100)}, path / name)
    (path / "trainer_state.json").write_text(json.dumps({"global_step": step}))
    return path


def test_the_one_of_the_highest_step(tmp_path):
    assert last_complete_checkpoint(tmp_path) is None
    for step in (5, 10, 100):
        write_checkpoint(tmp_path, step)
    (tmp_path / "checkpoint-best").mkdir()
    assert last_complete_checkpoint(tmp_path).name == "checkpoint-100"


def test_one_that_was_cut_short_is_passed_over(tmp_path):
    whole = write_checkpoint(tmp_path, 5)
    assert is_complete(whole, 5)
    for name in ("model.safetensors", "optimizer.pt", "scheduler.pt", "trainer_state.json"):
        path = write_checkpoint(tmp_path, 10)
        file = path / name
        content = file.read_bytes()
        for damage in (content[: len(content) // 2], b""):
            file.write_bytes(damage)
            assert not is_complete(path, 10)
            assert last_complete_checkpoint(tmp_path) == whole
        file.unlink()
        assert last_complete_checkpoint(tmp_path) == whole
        for rest in path.iterdir():
            rest.unlink()
        path.rmdir()
