"""What people see of a shop and its program by whatever door: names, money, days, promises, and one design."""
