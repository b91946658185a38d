"""The params file of a company: what the analyst wrote, typed, checked, and where each line stands.

models        the whole file; `tables`, `kpis`, `tests`, `packs` hold its parts, `base` what they share
load          file -> `Company`, or every problem at once; finds a file by its bare name
places        YAML read safely, every value with the line it stands on
refusals      what the models refuse, in our words
references    names that must exist elsewhere in the file
expressions   SQL a person may write: one expression over a table's own columns
periods       quarters, months, weeks and years, calendar or fiscal
schema        the params file's JSON Schema, for editors
starter       the params file of a company that begins
"""
