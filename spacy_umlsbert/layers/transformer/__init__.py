"""The model of the `transformer` component: Docs to wordpieces, windows and vectors."""
