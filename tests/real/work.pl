# SPDX-License-Identifier: MIT
# A Perl program for real.py: hashes, regular expressions, sorting. Prints the
# same at every run.
use strict;
use warnings;

my ($seed, @words, %count, %lines) = (7);
sub next_number { $seed = ($seed * 1103515245 + 12345) % 2**31; return $seed >> 8; }

for my $i (1 .. 60000) {
    my $word = join '', map { chr(97 + next_number() % 26) } 1 .. 2 + next_number() % 4;
    push @words, $word;
    $count{$word}++;
}
my $text = join ' ', @words;
for my $line ($text =~ /((?:\S+ ){1,12})/g) {
    my ($first) = $line =~ /^(\w)/;
    push @{ $lines{$first} }, $line;
}
(my $changed = $text) =~ s/\b([aeiou])(\w*)/$2$1ay/g;
$changed =~ tr/a-m/A-M/;
my $sum = 0;
$sum = ($sum * 31 + ord) % 1000000007 for split //, $changed;
my @top = (sort { $count{$b} <=> $count{$a} || $a cmp $b } keys %count)[0 .. 9];
print "$_ $count{$_}\n" for @top;
print "$_ ", scalar @{ $lines{$_} }, "\n" for sort keys %lines;
print length($changed), " $sum\n";
print join(',', map { sprintf '%s', reverse $_ } (sort @words)[0 .. 20]), "\n";
