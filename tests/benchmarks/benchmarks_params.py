"""Params files of public surveys, as an analyst would write them."""

HEAD = """
version: 1
company: {{id: {name}, name: {name}, as_of: {as_of}}}
folder: {folder}
"""

MOBILE = """
tables:
  answers:
    path: corp_rep_data.csv
    missing: [-99]
    columns:
      provider: {type: text, from: serviceprovider, required: true}
      cusa: {type: integer, min: 1, max: 7}
benchmarks:
  providers:
    label: Four mobile providers
    us: "3"
    rank_from: 30
    answers:
      table: answers
      company: provider
      scores: [{column: cusa, low: 1, high: 7, label: Satisfaction}]
"""

LOUNGES = """
tables:
  reviews:
    path: skytrax_lounge_reviews.csv
    columns:
      airline: {type: text, from: airline_name, required: true}
      overall: {type: number, from: overall_rating, min: 1, max: 10}
benchmarks:
  lounges:
    label: Airport lounges
    us: lufthansa
    most: 10
    rank_from: 50
    answers:
      table: reviews
      company: airline
      asked: {source: Skytrax, kind: review, frame: reviews}
      scores: [{column: overall, low: 1, high: 10, label: Overall rating}]
"""

ACSI = """
tables:
  respondents:
    path: acsi_2015_respondents.csv
    missing: MISSING
    columns:
      industry: {type: text, from: INDUSTRY, required: true}
      repurchase: {type: integer, from: REPUR}
      satisfaction: {type: integer, from: SATIS}
benchmarks:
  industries:
    label: American industries
    us: "3003"
    answers:
      table: respondents
      company: industry
      scores:
        - {column: repurchase, low: 1, high: 10, kind: effort, label: Would buy again}
        - {column: satisfaction, low: 1, high: 10, label: Satisfaction}
"""

SUPPLIERS = """
tables:
  suppliers:
    path: uk_ca_panel.csv
    columns:
      supplier: {type: text, required: true}
      quarter: {type: text, required: true}
      star_rating: {type: number}
      call_wait_s: {type: number}
      email_resp_pct: {type: number}
      complaints_per_10k: {type: number}
benchmarks:
  suppliers:
    label: Energy suppliers
    us: Utilita
    practices:
      table: suppliers
      company: supplier
      columns: {call_wait_s: lower, email_resp_pct: higher, complaints_per_10k: lower}
      latest: quarter
      satisfaction: star_rating
"""
