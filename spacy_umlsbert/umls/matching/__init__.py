"""Finding the names of a knowledge base in text: normalisation, index, longest match."""
