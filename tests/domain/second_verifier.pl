#!/usr/bin/perl
# A second verifier of bundles, written from docs/verifying.md alone. It checks the lines, the entries' form, the roots,
# the signatures (by the openssl command), that the drop's numbers went out within its supply, once each, and that no
# more went early, and nobody before everybody, than was announced.
#     perl second_verifier.pl FILE...      prints for each "holds" or "refused: " and why
use strict;
use warnings;
use Digest::SHA qw(sha256);
use Encode qw(decode FB_CROAK);
use File::Temp qw(tempdir);
use MIME::Base64 qw(decode_base64 encode_base64);
use Unicode::Normalize qw(NFKD);

my ($folder, %known, @lines) = (tempdir(CLEANUP => 1));

sub take {    # what stands behind the word in the next line
    my ($word) = @_;
    my $line = shift @lines // die "the file ends where a line \"$word\" belongs\n";
    $line =~ /^\Q$word\E (.*)\z/s or die "no line \"$word\": $line\n";
    return $1;
}
sub next_is { return @lines && index($lines[0], "$_[0] ") == 0 }

sub raw {    # base64 in its one form
    my ($text, $bytes) = @_;
    my $raw = decode_base64($text);
    die "no base64 of $bytes bytes: $text\n" if encode_base64($raw, "") ne $text || length $raw != $bytes;
    return $raw;
}

sub read_key {    # NAME+ID+KEY
    my ($name, $id, $key) = $_[0] =~ /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)\z/ or die "no key: $_[0]\n";
    my $raw = raw($key, 33);
    die "no Ed25519 key: $_[0]\n" if ord $raw != 1 || unpack("H8", sha256("$name\n$raw")) ne $id;
    return { name => $name, id => pack("H8", $id), raw => substr($raw, 1), text => $_[0] };
}

sub signed {    # whether openssl takes the signature
    my ($key, $text, $signature) = @_;
    return $known{"$key $signature $text"} //= do {
        my %files = (key => pack("H*", "302a300506032b6570032100") . $key, text => $text, signature => $signature);
        for my $name (keys %files) {
            open my $file, ">:raw", "$folder/$name" or die $!;
            print $file $files{$name};
            close $file or die $!;
        }
        system("openssl pkeyutl -verify -pubin -keyform DER -inkey $folder/key -rawin -in $folder/text"
              . " -sigfile $folder/signature >$folder/said 2>&1") == 0 ? 1 : 0;
    };
}

sub string {    # a JSON string in canonical form, kept as it is written
    /\G("(?:[^"\\\x00-\x1f]|\\["\\bfnrt]|\\u00(?:0[0-7bef]|1[0-9a-f]))*")/gc or die "no canonical JSON\n";
    return $1;
}

sub value {     # canonical JSON: strings stay as written, with their quotes, and numbers too
    return string() if /\G(?=")/gc;
    return $1 if /\G(true|false|null)/gc;
    return $1 if /\G(0|-?[1-9][0-9]{0,15})(?![0-9.eE])/gc && abs $1 < 2**53;
    /\G([\[{])/gc or die "no canonical JSON\n";    # not in a list's context: there it takes all that stand in a row
    my ($open, $last, %pairs, @list) = ($1);
    until ($open eq "{" ? /\G\}/gc : /\G\]/gc) {
        die "no canonical JSON\n" if (%pairs || @list) && !/\G,/gc;
        if ($open eq "[") { push @list, value(); next }
        my $key = string();
        die "keys are not in order\n" if defined $last && $key le $last or $key =~ /[^\x20-\x7e]|\\/;
        $last = $key;
        /\G:/gc or die "no canonical JSON\n";
        $pairs{ substr $key, 1, -1 } = value();
    }
    return $open eq "{" ? \%pairs : \@list;
}

sub entry {     # one entry, in itself
    my ($canonical, $number, $origin) = @_;
    my $entry;
    for ($canonical) { $entry = value(); /\G\z/gc or die "entry $number: more than JSON\n" }
    die "entry $number: not its keys\n"
      if ref $entry ne "HASH" || join(" ", sort keys %$entry) ne "at channel drop kind number private public v";
    my $plain = join "|", map { ref $entry->{$_} ? "" : $entry->{$_} } qw(at number v private channel kind drop);
    die "entry $number: its parts or its number\n"
      if $plain !~ /^[0-9]+\|$number\|1\|"[0-9a-f]{64}"\|".*"\|".*"\|".*"\z/s || ref $entry->{public} ne "HASH";
    my $channel = decode("UTF-8", substr $entry->{channel}, 1, -1);
    $channel =~ s/\\(?:u....|.)/-/g;
    my $slug = lc(NFKD($channel) =~ s/[^\x00-\x7f]//gr) =~ s/[^a-z0-9]+/-/gr =~ s/^-|-\z//gr;
    $slug = substr($slug, 0, 40) =~ s/-\z//r;
    die "entry $number: not of this log\n" if "microdrops/" . ($slug eq "" ? "channel" : $slug) ne $origin;
    return $entry;
}

sub append {    # a leaf to the peaks of a tree of $size leaves
    my ($peaks, $size, $leaf) = @_;
    for (; $size & 1; $size >>= 1) { $leaf = sha256("\x01" . pop(@$peaks) . $leaf) }
    push @$peaks, $leaf;
}

sub check {
    my ($text) = @_;
    decode("UTF-8", my $copy = $text, FB_CROAK);
    die "the last line does not end with its LF, or there is a CR\n" if $text !~ /\n\z/ || $text =~ /\r/;
    @lines = split /\n/, substr($text, 0, -1), -1;
    die "this is no bundle\n" if (shift @lines) ne "microdrops bundle 1";
    my ($drop, $key, $before, $free) = (take("drop"), read_key(take("key")), take("before"), 1);
    die "before: no number\n" if $before !~ /^(?:0|[1-9][0-9]{0,15})\z/;
    my @peaks = map { raw(take("peak"), 32) } 1 .. (sprintf("%b", $before) =~ tr/1//);
    my ($size, $at, $notes, %out, $supply, $channel, $announced) = ($before, 0, 0);
    my ($early, $early_units, $early_claimed, $public_at) = (0, 0, 0, 0);    # $early: only some are let in now
    while (@lines) {
        my ($last, $late, @stretch);
        while (!@stretch || !next_is("note")) {
            $size++;
            $last = undef;
            if ($size > $before + 1 && next_is("hidden")) {
                append(\@peaks, $size - 1, raw(take("hidden"), 32));
                push @stretch, undef;
                next;
            }
            my $canonical = take("entry");
            append(\@peaks, $size - 1, sha256("\x00$canonical"));
            push @stretch, $last = entry($canonical, $size, $key->{name});
        }
        my @signers = ($key);
        if ($last && $last->{kind} eq '"log.key"') {
            my ($new, $why) = @{ $last->{public} }{qw(key why)};
            $new = read_key($new =~ s/^"|"\z//gr);
            die "entry $size: a key of another log\n" if $new->{name} ne $key->{name};
            if ($why eq '"rotated"') { push @signers, $new }
            elsif ($why =~ /^"(?:first|lost)"\z/) {
                die "entry $size: not the first key\n" if $notes ? $why eq '"first"' : $new->{text} ne $key->{text};
                @signers = ($new);
                $late = !$notes && $why eq '"first"';    # what is older was signed by nobody, and owes nothing
            }
            else { die "entry $size: why is there a new key?\n" }
            $key = $new;
        }
        my $root = $peaks[-1];
        $root = sha256("\x01$_$root") for reverse @peaks[ 0 .. $#peaks - 1 ];
        my $signed = "$key->{name}\n$size\n" . encode_base64($root, "") . "\n";
        take("note") eq $_ or die "checkpoint $size was signed over other entries\n" for split /\n/, $signed;
        take("note") eq "" or die "checkpoint $size: no empty line\n";
        for my $signer (@signers) {
            my ($line) = take("note") =~ /^\xe2\x80\x94 \Q$key->{name}\E (\S+)\z/ or die "checkpoint $size: no signature\n";
            my $signature = raw($line, 68);
            die "checkpoint $size: signed by another key\n" if substr($signature, 0, 4) ne $signer->{id};
            signed($signer->{raw}, $signed, substr $signature, 4) or die "checkpoint $size: a false signature\n";
        }
        die "entry $size: hidden, though people were told of it\n" if !$last;
        my $number = $size - @stretch;
        for my $entry (@stretch) {
            $number++;
            next if !$entry;
            $channel //= $entry->{channel};
            die "entry $number: another channel\n" if $entry->{channel} ne $channel;
            die "entry $number: earlier than before\n" if $entry->{at} < $at;
            $at = $entry->{at};
            my ($kind, $public, $its) = (@$entry{qw(kind public)}, $entry->{drop} eq "\"$drop\"");
            if ($number == $before + 1) { die "it begins with another drop\n" if !$its || $kind ne '"drop.planned"' }
            my $due = $kind eq '"log.key"' || !$late && $kind =~ /^"drop\.(?:announced|opened|reopened|closed)"\z|^"poll\.(?:opened|closed)"\z/;
            die "entry $number: no checkpoint after it\n" if $due && $number < $size;
            next if !$its;
            if ($kind eq '"drop.planned"') {
                die "entry $number: planned anew\n" if $announced;
                $supply = $public->{supply};
                die "entry $number: no supply\n" if ($supply // "") !~ /^[1-9][0-9]{0,5}\z/;
                my $told = grep { exists $public->{$_} } qw(early early_for early_units);
                $early_units = $told ? $public->{early_units} // "" : 0;
                die "entry $number: no early units\n" if $told % 3 || $early_units !~ /^[0-9]+\z/ || $early_units > $supply;
                $early_claimed = 0;
            }
            $early = exists $public->{public_at} if $kind eq '"drop.opened"';
            $early = 0 if $kind eq '"drop.returned"';
            $public_at = $public->{public_at} if exists $public->{public_at};
            die "entry $number: not the moment for everybody\n" if $public_at !~ /^[0-9]+\z/;
            if ($kind eq '"drop.public"') {
                die "entry $number: everybody is let in too soon, or twice\n" if !$early || $at < $public_at;
                $early = 0;
            }
            $announced = 1 if $kind eq '"drop.announced"';
            next if $kind !~ /^"unit\.(granted|lost|voided|retired)"\z/;
            my ($what, $unit) = ($1, $public->{number} // "");
            die "entry $number: number $unit is not within 1 to $supply\n" if $unit !~ /^[1-9][0-9]*\z/ || $unit > $supply;
            my $back = $what eq "voided" || $what eq "retired";    # either way nobody has it any more
            die "entry $number: number $unit, $what\n" if $back != exists $out{$unit};
            die "entry $number: number $free is free and comes first\n" if !$back && $unit != $free;
            if ($what eq "granted") {
                my ($claim, $window) = ($public->{how} eq '"claim"', $public->{window} // "");
                die "entry $number: not in this window\n" if $window ne ($early && $claim ? '"early"' : "");
                die "entry $number: too late to be early, or too many\n"
                  if $window && ($at >= $public_at || ++$early_claimed > $early_units);
            }
            if ($what eq "retired") { $early_claimed-- if exists $public->{window} }
            elsif ($what eq "voided") { delete $out{$unit}; $free = $unit if $unit < $free }
            else { $out{$unit} = $number; $free++ while exists $out{$free} }
        }
        $notes++;
    }
    die "the drop was never announced\n" if !$announced;
}

for my $name (@ARGV) {
    open my $file, "<:raw", $name or die "$name: $!\n";
    my $text = do { local $/; <$file> } // "";
    eval { check($text); 1 } ? print "holds\n" : print "refused: ", $@ =~ s/\n.*//sr, "\n";
}
