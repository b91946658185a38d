"""The methods, on plain numbers and arrays: no files, no charts, no company.

Import the module that answers the question; this package imports none of them.

What a result is
    comparisons         `Comparison` (two samples) and `Interval` (one): number, interval, null
    limits              where an interval's ends lie at another level, and the p of any other null
Did it change?  Each has `interval`, `difference` and `relative` with the same arguments
    shares              0/1 per unit, from counts
    means               an average per unit
    ratios              a ratio of two sums; clusters and buckets
    quantiles           a median or percentile
    order_statistics    the values of a sorted column that a percentile needs from an engine
    net_scores          promoters minus detractors (no `relative`)
    counts              a rate made of counts, before and after
Can it be sharper, or is it something else?
    covariates          what each unit's history explains is taken out (CUPED)
    stratified          segments weighed alike, compared with one another, and reversed by pooling
    winsor              one unit that carries the result; extremes pulled in
    groups              a change in every declared group, and who was hurt
    shrinkage           which part of the differences between groups is luck
Can it be believed?
    sample_ratio        the arms are as large as intended
    mixes               groups are made up alike
    multiplicity        many metrics and arms looked at
    below_zero          which of very many means lie below zero, few of them named wrongly
    sequential          read before its end, and again
    noninferiority      a guardrail held against its margin
What follows?
    best                the chance of each arm to be the best, and the cost of a wrong choice
    power               how many units, and what could have been seen
What did a dated change do, with others to compare with?
    differences         difference in differences by unit
    group_time_effects  units that got it at different dates
    event_study         parallel before, and how the effect unfolds after
    two_way_effects     what two-way fixed effects would say, as a contrast
    synthetic_control   a weighted mix of untreated donors
    synthetic_did       weighted donors and a weighted time before
    simplex_weights     the weights of such mixtures
    control_checks      whether to believe a comparison with a control group
    donor_checks        whether to believe a weighted mix of donors
    method_spread       what the other usual methods say
    t_mixtures          several answers, each believed to a degree, as one
How sure, when rows belong together?
    cluster_errors      errors by cluster
    few_clusters        one, two or a handful of treated clusters
    wild_bootstrap      few clusters, by resampled signs
What did a dated change do to one series?
    interrupted         its past carried on past the date, and what was added there
    interrupted_counts  the same of counts, as a rate ratio
    autoregression      how sure, when neighbouring periods resemble each other
    counting_noise      how sure, when counting adds noise of its own
    series_checks       whether to believe it
    change_points       when the level changed, if nobody said
    detectable          how large an effect must be to be seen, and how long to wait
How does a series run, and where to?
    control_charts      more than its usual variation?
    usual_variation     the same of many series at once
    trend_tests         a drift of any shape
    seasons             its season, and what is left without it
    forecasts           where it will be, by the method that would have missed least
    airline             what the airline model says of it: the slow reference
    forecast_choice     which method that is
    forecast_filters    the methods, as weighted sums of the past
How do we compare with others?
    answer_scales       a question's scale, and scores on it
    survey_design       groups of people, given how they were sampled
    weighting           answers weighted to look like the people asked about
    waves               two survey waves: other answers, or other people?
    pairwise            which of several groups differ, all pairs looked at
    studentized_range   the distribution behind all pairs
    ranks               which places in a ranking can be told from chance
    drivers             which attributes go with satisfaction
    achievable_targets  which target is honest
What are customers worth, and how long do they stay?
    survival            how long it lasts, when for many it has not ended yet
    concentration       how much of the whole comes from few
    bg_nbd              how often they will buy, who come and go without a word
    gamma_gamma         what they spend at a purchase
    shifted_beta_geometric  how many terms of contract follow
    margin_multiple     what a customer is worth by the textbook
    likeliest           the top of a likelihood: whether it was found, and how sure it is
    likelihood_regions  which values of two parameters, and of what is made of them, the data allow
What is it worth, and what may go wrong?
    cash_flows          present value, every rate of return, payback
    earned_value        is the work worth what was spent on it, and what will it cost in the end
    scenarios           several uncertain numbers at once: the chance of a loss, what moves it most
    jackknife           how sure is a number made of several sums over the same units
    weighted_scores     the best choice by criteria, and how far the weights may move
What may be shown?
    suppression         which small cells stay hidden, so that nobody can be worked out
How well is it served?
    clustered_shares    a share of rows that come in clusters, and all shares of one total
    uneven_shares       something seen more often in one place than elsewhere
    event_rates         how many an order, a customer or an hour
    durations           how long it takes, with what is still open
    erlang              how many colleagues a queue needs
    agreement           two judges agree, beyond chance
    standardised        shares as if everyone's mix of work were the same

A relative effect is always a lift: 0.05 is 5 % more than the control, 0 is no change.
"""
