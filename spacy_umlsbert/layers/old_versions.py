"""Architectures under their old names and with their old settings, for one release."""

from spacy_umlsbert.layers.features import mention_features
from spacy_umlsbert.layers.heads.null_tagger import null_tagger
from spacy_umlsbert.layers.transformer.architectures import umlsbert_transformer
from spacy_umlsbert.old_names import old_version

umlsbert_transformer_v1 = old_version("spacy_umlsbert.UmlsBertTransformer.v1", umlsbert_transformer)
mention_features_v1 = old_version("spacy_umlsbert.MentionFeatures.v1", mention_features)
no_tagger_v1 = old_version("spacy_umlsbert.NoTagger.v1", null_tagger)
