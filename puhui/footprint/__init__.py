"""Products, inventories, footprints, verification, labels, serials."""
