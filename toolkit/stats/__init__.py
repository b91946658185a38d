"""The methods, on plain numbers and arrays: no files, no charts, no company.

Import the module that answers the question; this package imports none of them.

What a result is
    comparisons     `Comparison` (two samples) and `Interval` (one): number, interval, null, method
    limits          where an interval's ends lie at another level, and the p of any other null
Did it change?  Each has `interval`, `difference` and `relative` with the same arguments
    shares          0/1 per unit, from counts
    means           an average per unit
    ratios          a ratio of two sums; clusters and buckets
    quantiles       a median or percentile
    net_scores      promoters minus detractors (no `relative`)
Can it be sharper, or is it something else?
    covariates      what each unit's history explains is taken out (CUPED)
    stratified      segments weighed alike, compared with one another, and reversed by pooling
    winsor          one unit that carries the result; extremes pulled in
Can it be believed?
    sample_ratio    the arms are as large as intended
    multiplicity    many metrics and arms looked at
    sequential      read before its end, and again
    noninferiority  a guardrail held against its margin
What follows?
    best            the chance of each arm to be the best, and the cost of a wrong choice
    power           how many units, and what could have been seen

A relative effect is always a lift: 0.05 is 5 % more than the control, 0 is no change.
"""
