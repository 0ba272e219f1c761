"""The whole product's window. `app` starts it; `window` joins the places, a folder each.

`base` is what every place stands on, `widgets` what several of them show. Words go through
`i18n`, colours through `theme`.
"""
