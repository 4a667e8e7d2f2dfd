"""Built on runs on a line: experiments of several stretches, schedules, challenges, scripts."""
