"""What was spent by list price, and the caps that hold a call before it is sent."""
