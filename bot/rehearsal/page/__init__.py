"""The page of `microdrops rehearse --web`: both chats as each viewer sees them, hands to act, and the stock."""
