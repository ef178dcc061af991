"""The video wall: one borderless window a monitor, all tiles painted on one canvas."""
