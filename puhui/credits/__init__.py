"""Carbon credits: batches and their serials, holds, retirements, certificates.

Credits are property. Nothing here knows what they are used for beyond a plain `Purpose`, and
nothing turns points or estimates into them.
"""
