"""The desk: a small local web application to verify articles on and to review what came of them.

It needs the extra ``bukti[serve]`` (`bukti.serve.app`); what it keeps can be read without (`bukti.serve.store`, `bukti.serve.export`).
"""
