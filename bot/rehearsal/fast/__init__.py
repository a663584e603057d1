"""A rehearsal without sockets and without waiting: the bot, the stage and the crowd in one loop of virtual time."""
