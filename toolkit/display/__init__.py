"""Charts: they receive results and compute nothing.

chart     a chart with its title, its alternative text and its data table
layout    how wide its panels are on a phone and on a desk
picture   the still picture, for pages without JavaScript and for notebooks
theme     colours, type, light and dark
panels    dots, intervals and bars
timeline  series over time
channels  what all panels say in the same way
rows      what the builders are given
charts    the builders

Every chart is a Vega-Lite specification as plain data. Names of fields are ours; labels and values
are only ever data, never expressions, addresses or markup.
"""
