"""What trainings by Hugging Face's Trainer share: settings, checkpoints, time limit, log."""
