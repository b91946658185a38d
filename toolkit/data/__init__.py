"""The company's tables: read right or refused by name, under our names and types.

source            ``open_source``: tables as Ibis expressions, contracts kept
readers           a table's raw cells, wherever they are
contract          ``check_contract``, ``check_contracts``: what is held against what was declared
rules             each rule of a contract as a sentence and a condition
asking            rows that SQL text can be asked of, on any engine
typed             from raw cells to rows of the declared types
quick_casts       what DuckDB itself can settle of them, which is nearly all
casting           the long way, for what is left and for other engines
date_texts        which day or moment a text names
number_marks      whether ``1,234`` is one thousand or one and a bit
stages            how long calculations on columns stay short queries
csv_files         how a CSV is written, proved on all of its bytes
csv_bytes         its encoding
csv_structure     its records
excel_files       sheets of a workbook
excel_errors      its error cells
parquet_files     one Parquet file or several
paths             which file a path means, and what is there instead
connection        the database, its secrets from the environment
frames            a frame, an Ibis table or a file, for notebooks without a params file
demo              the demo company
"""
