profile quiet flags=(complain) { /usr/lib/** mr, /etc/shadow r, }
