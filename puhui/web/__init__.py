"""The HTTP base, once for every resource. Knows nobody's business."""
