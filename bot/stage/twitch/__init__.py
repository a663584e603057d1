"""The local Twitch: a pure world behind OAuth, Helix and EventSub on loopback."""
