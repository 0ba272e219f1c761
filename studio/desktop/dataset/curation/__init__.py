"""Decisions about pictures and sets as undoable steps, written beside the window."""
