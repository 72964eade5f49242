# Asks fish what it would offer at the end of each line of standard input: the line behind a ?, a line a candidate, and a dot.
#   fish --no-config ask.fish SCRIPT
source $argv[1]
while read -l line
    echo "? $line"
    complete -C "$line" | string replace -r '\t.*' ''
    echo .
end
