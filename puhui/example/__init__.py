"""A small invented province, so that a newcomer finds somebody at home.

Everything goes through the services that real people use. Names, numbers and codes are invented;
prices and factors are those on record, with their sources.
"""
