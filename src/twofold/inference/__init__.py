"""What the days suggest, and how surely: one question a person asks per file."""
