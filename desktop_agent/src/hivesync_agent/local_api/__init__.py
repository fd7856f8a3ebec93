"""The local API's route table and its description. Knows no route itself: each room declares its own."""
