"""How the backbone learns: masked-LM pretraining that knows concepts and semantic types."""
