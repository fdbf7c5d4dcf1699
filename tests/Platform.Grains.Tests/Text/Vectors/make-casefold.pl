# Writes casefold.txt: code points whose simple case folding (Unicode's CaseFolding.txt, statuses C and S) is another one. perl make-casefold.pl > casefold.txt
use strict;
use warnings;
use Unicode::UCD qw(casefold);

for my $code (0 .. 0xD7FF, 0xE000 .. 0x10FFFF) {
    my $folding = casefold($code);
    printf "%04X %s\n", $code, $folding->{simple} if $folding && $folding->{simple};
}
