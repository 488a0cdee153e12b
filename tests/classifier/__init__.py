"""How the classifier's first knowledge is made and measured. Nothing of this ships."""
