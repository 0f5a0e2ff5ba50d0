"""Reading frames with exact times and the empty scene behind them, and writing videos."""
