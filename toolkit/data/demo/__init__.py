"""Aurora, a made-up broadband provider: tables to try everything on, with the truths beside them.

    aurora        who the company is: regions, segments, plans, products, calendar
    chance        where the random numbers come from: one stream a table and block of customers
    customers     who came, renewed and left
    orders        what was ordered, and whether it came on time
    billing       what was invoiced, and when it was paid
    service       contacts, complaints, requests for things not offered
    leads         leads, and whether the contact plan was kept
    campaigns     A/B tests: assignments and outcomes; `campaign_truths` has their true effects
    surveys       own and rivals' customers; `satisfaction` has the true means
    rivals        published scores, practices, prices, awareness, newsletters
    staff         users of the CRM system, log-ins, training, checks, feedback
    changes       plan changes and their true effects
    plan          steps, schedule, readiness, who was told when
    money         budgets and actuals, offers, vendors, worst cases
    dirt          the rows that are wrong on purpose
    truths        everything planted, for `truths.json`
    simulations   one test's or one change's rows under any seed
    write         the company as Parquet files
    params_file   the params file that goes with them
"""

from toolkit.data.demo.params_file import write_params
from toolkit.data.demo.simulations import campaign_frame, change_frame
from toolkit.data.demo.truths import truths
from toolkit.data.demo.write import DemoPaths, write_demo

__all__ = ["DemoPaths", "campaign_frame", "change_frame", "truths", "write_demo", "write_params"]
