"""What contributors and CI run: `./run check`, `test`, `fix`, `i18n`. Not part of the product."""
