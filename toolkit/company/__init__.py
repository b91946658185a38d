"""The params file of a company: what the analyst wrote, typed, checked, and where each line stands.

models        the whole file; `tables`, `kpis`, `tests`, `packs` hold its parts
places        YAML read safely, every value with the line it stands on
load          file -> `Company`, every problem at once
references    names that must exist elsewhere in the file
expressions   SQL a person may write: one expression over a table's own columns
periods       quarters, months, weeks and years, calendar or fiscal
"""
