"""What other systems speak: linked data of labels, GS1 Digital Link."""
