# Asks bash what it would offer at the end of each line of standard input: the line behind a ?, a line a candidate, and a dot.
#   bash ask.bash SCRIPT
. "$1"

# What these options have bash do by itself, once the function has returned.
compopt() {
    case $* in
        *default) defaults=-f ;;
        *dirnames) defaults=-d ;;
    esac
}

while IFS= read -r COMP_LINE; do
    COMP_POINT=${#COMP_LINE}
    COMP_WORDS=()
    rest=$COMP_LINE
    # As bash cuts: at blanks, and at = : and @, which are words of their own; not behind a backslash or in quotes.
    while [[ $rest =~ ^(\"[^\"]*\"?|([^\ =:@\\\"]|\\.)+|[=:@]+)(\ *)(.*)$ ]]; do
        COMP_WORDS+=("${BASH_REMATCH[1]}")
        rest=${BASH_REMATCH[4]}
    done
    [[ $COMP_LINE != *' ' ]] || COMP_WORDS+=('')
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    COMPREPLY=()
    defaults=
    _cairn
    printf '? %s\n' "$COMP_LINE"
    ((${#COMPREPLY[@]} == 0)) || printf '%s\n' "${COMPREPLY[@]}"
    [[ -z $defaults ]] || compgen "$defaults" -- "${COMP_WORDS[COMP_CWORD]}"
    echo .
done
