"""Money for credits: how it arrives, what becomes of it, and whom it is owed to.

Everything here stands on holds and retirements and none of those know it: whatever arrives is
written down first, and pays a hold only if it is exactly its price, in time.
"""
