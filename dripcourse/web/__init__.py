"""The pages. A view reads the request, calls one service and renders; it decides nothing and keeps nothing."""
