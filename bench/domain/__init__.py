"""The words that every part of the suite shares, each declared once; imports nothing of ours."""
