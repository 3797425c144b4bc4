"""Products, inventories, footprints, labels and serials on the wire."""
