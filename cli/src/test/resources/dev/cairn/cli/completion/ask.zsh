# Asks zsh what it would offer at the end of each line of standard input: the line behind a ?, a line a candidate, and a dot.
# An interactive zsh is started on a terminal of its own, and the key pressed in it.
#   zsh -f ask.zsh SCRIPT OUTPUT
zmodload zsh/zpty
script=$1
output=$2
: >$output

zpty asked zsh -f -i
zpty -w asked "PS1= PS2=; autoload -Uz compinit; compinit -u -D; source ${(q)script}"
# Whatever is added as a match is written down; other calls (-O, -A, -D) only ask what would be.
zpty -w asked "compadd() {
    if [[ \" \$* \" != *' -'[a-zA-Z]#[OAD]' '* && \" \$* \" != *' -'[OAD]' '* ]]; then
        local -a hits
        builtin compadd -A hits \"\$@\"
        (( ! \$#hits )) || print -rl -- \$hits >>${(q)output}
    fi
    builtin compadd \"\$@\"
}"
zpty -w asked "ask() {
    print -r -- \"? \$BUFFER\" >>${(q)output}
    zle complete-word
    print -r -- . >>${(q)output}
    zle kill-buffer
}; zle -N ask; bindkey '^I' ask"

integer done=0
while IFS= read -r line; do
    zpty -w -n asked "$line"$'\t'
    done+=1
    repeat 2000; do
        (( $(grep -c '^\.$' $output) < done )) || break
        sleep 0.01
    done
done
zpty -d asked
cat $output
