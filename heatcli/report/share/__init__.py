"""A report to give away: aggregates only, without numbers of few people."""
