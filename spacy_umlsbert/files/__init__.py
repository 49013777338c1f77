"""One way each to read and write lines, tables, JSON lines, Parquet, XML and directories."""
