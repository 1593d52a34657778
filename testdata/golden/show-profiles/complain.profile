profile quiet flags=(complain) { /usr/lib/** mr, }
