"""Content Credentials (C2PA 2.4): signed statements of how a picture was made.

What is signed cannot be changed unseen; who signed is only as well known as the certificate, and
that of a studio at home is on no trust list. The library `c2pa-python` is optional.
"""
