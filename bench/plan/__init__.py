"""What will be measured, decided and frozen before the first measurement."""
