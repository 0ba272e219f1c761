"""Widgets that several places show: pictures, grids, sliders and forms of declared parameters."""
